"""全省行政执法和行政执法监督一体化平台: leads, documents and results out; agencies and duties in."""
