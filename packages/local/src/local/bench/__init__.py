"""The bench: what `GET /health` takes, side by side with a floor and with peers, in one run.

`python -m local.bench` prints a table and writes `.local/bench.json`.
"""
