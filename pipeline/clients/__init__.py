"""What is on the two ends of the pipeline: feeding articles in, following what comes out."""
