"""Read models in plain SQL, run through `data.reader.Reader`."""
