"""How much does one replica carry, by a load test, telemetry or a model? What a request costs, how long it waits."""
