"""司法部行政执法监督批评建议平台: suggestions that were transferred to us come in, their results go back."""
