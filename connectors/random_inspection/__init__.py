"""“双随机、一公开”系统: which inspections were planned."""
