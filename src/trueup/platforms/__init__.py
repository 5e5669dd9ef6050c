"""One file per platform; the rule sets they share are in builders/, the data by date in data/."""
