"""What our pages and pictures are in a browser."""
