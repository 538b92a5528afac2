"""What the API and the pages share: who asks, what they may ask for, and how errors are answered."""
