"""geobfdt: picks the sinusoids that fractures and bedding planes draw on borehole image logs."""
