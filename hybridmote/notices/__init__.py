"""The room notices: a short word to everyone, or to some of them."""
