"""What brings firmware to boards: compiled, bundled, signed, flashed, provisioned, handed over and updated."""
