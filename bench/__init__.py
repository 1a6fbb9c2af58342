"""How fast it is, beside a server in Node that does less: `make bench`, or `python -m bench --quick`.

Every figure is a ratio or a median within one run, ours and the peer's in turns, since a machine that is busy with
something else is slow for both. `measures/` holds what is measured, `crowd.py` the people, `peer.mjs` the peer.
"""
