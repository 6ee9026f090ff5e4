"""What the model is asked: per assistant a folder with instructions and schemas."""
