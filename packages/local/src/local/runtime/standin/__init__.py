"""The folder that goes on the path of functions where awslambdaric lacks its C part."""
