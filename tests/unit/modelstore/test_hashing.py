"""The sha256 taken on a thread of its own is that of hashlib, in whatever pieces it comes."""

import hashlib
import threading

from hypothesis import given
from hypothesis import strategies as st

from penwright.modelstore.hashing import HashingAside, new_digest


@given(st.lists(st.binary(max_size=5000), max_size=40))
def test_pieces_are_hashed_in_order_and_none_is_left_out(pieces: list[bytes]) -> None:
    aside = HashingAside(new_digest())
    for piece in pieces:
        aside.update(piece)
    assert aside.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_closing_ends_the_thread_also_twice_and_keeps_what_was_hashed_before() -> None:
    digest = new_digest()
    digest.update(b"what was there, ")
    before = threading.active_count()
    aside = HashingAside(digest)
    aside.update(b"and what came")
    aside.close()
    aside.close()
    assert threading.active_count() == before
    assert aside.hexdigest() == hashlib.sha256(b"what was there, and what came").hexdigest()
