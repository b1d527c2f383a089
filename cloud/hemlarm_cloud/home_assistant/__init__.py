"""Homes in their people's own Home Assistant, by MQTT discovery at the customer's broker."""
