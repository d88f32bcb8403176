"""How a call between systems is signed and its body sealed; agreed per partner, never read from a call."""
