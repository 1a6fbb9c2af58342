"""Ways in beside the personal link: a code by mail, one's own phone, the street; and whether it works where one is."""
