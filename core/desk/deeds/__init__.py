"""What is done to the centre as a whole, a file per family; `core.desk.centre_desk` gathers them."""
