"""How much does one replica carry, by a load test, telemetry or a model? Also: request costs and waiting times."""
