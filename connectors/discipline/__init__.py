"""纪检监察机关: a sealed referral out, a signed receipt back. Nothing else is ever asked or told."""
