"""What happens by itself: due clocks, ladder steps, notices on their way out, jobs tied to the calendar."""
