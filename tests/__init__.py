"""Tests: what the product promises, room by room and journey by journey."""
