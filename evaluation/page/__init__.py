"""The report of `sportello test`: one HTML file that needs nothing else."""
