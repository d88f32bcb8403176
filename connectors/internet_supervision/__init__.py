"""“互联网+监管”系统: acts of supervision on an enterprise; takes substantiated conduct."""
