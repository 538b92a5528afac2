"""What is being achieved: strategies, products, work plans, milestones, advisories, and what follows from them."""
