import socket

import pytest

from reviewhub.supervise import ports


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_given_as_wanted():
    wanted = ports.free_port(0)
    assert ports.free_port(wanted) == wanted


def test_any_port_is_none_that_an_outgoing_connection_may_take_before_it_is_bound():
    assert {ports.free_port(0) in ports.ANY for _ in range(20)} == {True}


def test_a_taken_port_is_avoided(listening):
    assert ports.free_port(listening) > listening


def test_a_port_given_to_another_part_is_avoided():
    wanted = ports.free_port(0)
    assert ports.free_port(wanted, avoid=frozenset({wanted})) != wanted


def test_a_port_that_another_program_has_on_the_other_loopback_address_is_avoided():
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this machine; switch its loopback on: sysctl net.ipv6.conf.lo.disable_ipv6=0")
    with server:
        taken = server.getsockname()[1]
        assert ports.answers(taken)
        assert ports.free_port(taken) != taken


def test_what_does_not_speak_http_is_not_healthy(listening):
    assert not ports.healthy(ports.free_port(0), "/healthz")
