"""From demand, capacity and prices to dated sizes, cost, runway, purchase and recovery. Pure."""
