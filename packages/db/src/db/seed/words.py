"""What builders write: titles, themes, authors, sets. Words only; what is made of them is in the other modules."""

# ruff: noqa: RUF001  # people write what they write: dashes, apostrophes, every alphabet

from typing import Final, NamedTuple


class Theme(NamedTuple):
    """A theme, its subthemes, and what is built in it."""

    name: str
    subthemes: tuple[str, ...]
    things: tuple[str, ...]


class KnownSet(NamedTuple):
    """A set that many people have."""

    number: str
    title: str
    theme: str
    year: int
    pieces: int


THEMES: Final = (
    Theme("Castle", ("Black Falcons", "Forestmen", "Lion Knights"), ("Gatehouse", "Keep", "Château", "Burgruine")),
    Theme("Space", ("Classic Space", "Blacktron", "M-Tron"), ("Moon Base", "Rover", "Starfighter", "Звездолёт")),
    Theme("Trains", ("12 V", "9 V", "Narrow Gauge"), ("Steam Engine", "Signal Box", "Gare", "新幹線")),
    Theme("Town", ("Harbor", "Airport", "Fire"), ("Filling Station", "Kiosk", "Lighthouse", "Bäckerei")),
    Theme("Modular Buildings", ("Corner", "Row House"), ("Bookshop", "Café", "Cinema", "Øl & Brød")),
    Theme("Technic", ("Cars", "Cranes", "Tractors"), ("Gearbox", "Excavator", "Rally Car", "Lastwagen")),
    Theme("Pirates", ("Soldiers", "Islanders"), ("Brig", "Fort", "Island", "Galeón")),
    Theme("Star Wars", ("Ultimate Collector Series", "Microscale"), ("Shuttle", "Walker", "Cruiser", "Cantina")),
    Theme("Ideas", ("Nature", "Science"), ("Tree", "Typewriter", "Telescope", "Þingvellir")),
    Theme("Architecture", ("Skylines", "Landmarks"), ("Tower", "Temple", "Bridge", "東京タワー")),
    Theme("Friends", ("Heartlake City",), ("Stable", "Camper Van", "Tree House", "Cirque")),
    Theme("BrickHeadz", ("Pets",), ("Dachshund", "Parrot", "Self-Portrait", "Kočka")),
)
MANNERS: Final = (
    *(
        "Tiny",
        "Grand",
        "Ruined",
        "Winter",
        "Midnight",
        "Abandoned",
        "Modular",
        "Minifig-Scale",
        "Micro",
        "Forced-Perspective",
    ),
    *("Old", "Art Déco", "Steampunk", "Floating", "Snowy", "Sunken", "Ocean", "Desert", "Alpine", "Motorized"),
)
"""What goes before a thing in a title."""
MARKS: Final = ("", "", "", "", " 🏰", " (WIP)", " – v2", " ★", " mk. III", "’s Annex")
"""What goes after it; mostly nothing."""
AUTHORS: Final = (
    *("Ada Brickwell", "Jørgen Klods", "Łucja Wiśniewska", "Noël d’Arc", "Sofía Ñandú", "María-José Pérez"),
    *("Πέτρος Τούβλος", "Олена Цегла", "山田 花子", "김하늘", "İpek Yılmaz", "Björk Þórsdóttir", "Sam O’Neil"),
)
BRANDS: Final = ("LEGO", "LEGO", "LEGO", "LEGO", "Cobi", "BlueBrixx", "CaDA")
"""The makers of sets, the greatest more often."""
KNOWN_SETS: Final = (
    KnownSet("375", "Castle", "Castle", 1978, 767),
    KnownSet("497", "Galaxy Explorer", "Space", 1979, 338),
    KnownSet("6080", "King's Castle", "Castle", 1984, 674),
    KnownSet("6990", "Monorail Transport System", "Space", 1987, 731),
    KnownSet("6285", "Black Seas Barracuda", "Pirates", 1989, 909),
    KnownSet("4558", "Metroliner", "Trains", 1991, 787),
    KnownSet("8880", "Super Car", "Technic", 1994, 1343),
    KnownSet("10182", "Café Corner", "Modular Buildings", 2007, 2056),
    KnownSet("10185", "Green Grocer", "Modular Buildings", 2008, 2352),
    KnownSet("10194", "Emerald Night", "Trains", 2009, 1085),
    KnownSet("10210", "Imperial Flagship", "Pirates", 2010, 1664),
    KnownSet("75192", "Millennium Falcon", "Star Wars", 2017, 7541),
    KnownSet("21309", "NASA Apollo Saturn V", "Ideas", 2017, 1969),
    KnownSet("42083", "Bugatti Chiron", "Technic", 2018, 3599),
    KnownSet("10497", "Galaxy Explorer", "Space", 2022, 1254),
    KnownSet("10305", "Lion Knights' Castle", "Castle", 2022, 4514),
)
TAGS: Final = (
    "diorama",
    "snot",
    "greebles",
    "night-build",
    "wip",
    "lights",
    "Käse-Schräge",
    "夜景",
    "micro",
    "rebrickable",
)
ALBUMS: Final = (
    "Work in progress",
    "Exhibition 2023",
    "Ausstellung Köln",
    "My layout",
    "Fotos de noche",
    "收藏",
    "Sorted",
)
SHOTS: Final = (
    "front",
    "from above",
    "interior",
    "at night",
    "detail of the roof",
    "avant / après",
    "with minifigures",
)
REASONS: Final = ("spam", "not a build", "someone else's picture", "blurred", "contenu inapproprié")
REMARKS: Final = (
    "Built over a winter from my own parts.",
    "All studs are hidden; the roof comes off.",
    "Zweite Fassung, diesmal mit Innenausbau.",
    "Waiting for the last 40 dark tan cheese slopes 🧀",
    "Inspiré par une carte postale de 1911.",
)
CATEGORIES: Final = ("sets", "parts", "minifigures", "books", "lighting")
WISHES: Final = (
    "Baseplate 48×48, grey",
    "Train motor",
    "Dark tan slopes, 200 of them",
    "Black Knight",
    "LED kit, warm white",
)
