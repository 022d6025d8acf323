"""Addresses that hold a secret, and addresses that only look as if they did."""

from __future__ import annotations

import pytest

from plimsoll.domain.address import holds_credentials


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://alice:secret@web:9090", id="user_and_password"),
        pytest.param("https://t0ken@web/metrics", id="a_user_that_may_be_a_token"),
        pytest.param("http://alice:se/cret@web:9090", id="a_slash_in_the_password"),
        pytest.param("http://alice:se?cr#et@web", id="a_question_mark_in_the_password"),
        pytest.param("http://alice:p@ss/word@web", id="an_at_sign_and_a_slash_in_the_password"),
        pytest.param("postgresql://me:se/cret@db/shop", id="a_slash_in_the_password_of_a_database"),
        pytest.param("postgresql://me@db/shop?sslpassword=x", id="a_password_of_a_database_as_a_parameter"),
        pytest.param("app+http://web/metrics?token=abc", id="token"),
        pytest.param("app+https://web/metrics?kind=a&access_token=abc", id="token_behind_another_parameter"),
        pytest.param("app+https://web/metrics?apiKey=abc", id="key_of_an_interface"),
        pytest.param("app+https://web/metrics?X-Amz-Signature=abc", id="signed_address"),
        pytest.param("app+https://web/metrics?sp=r&sig=abc", id="signed_address_in_short"),
        pytest.param("app+https://web/metrics?PASSWORD=abc#.p95", id="password_in_capitals"),
    ],
)
def test_an_address_with_a_secret_in_it_is_recognized(address: str) -> None:
    assert holds_credentials(address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://web:9090", id="port"),
        pytest.param("http://web:9090/@team?by=a@b", id="at_sign_behind_a_port"),
        pytest.param("http://web/api/@team", id="at_sign_in_a_path"),
        pytest.param("http://[::1]:9090/@team", id="address_of_version_six"),
        pytest.param("http://[::1]/@team", id="address_of_version_six_without_a_port"),
        pytest.param("postgresql://me@db:5432/shop?sslmode=require", id="user_of_a_database"),
        pytest.param("app+http://web/metrics?tokens=3&design=x&sign=y", id="words_that_begin_alike"),
        pytest.param("app+http://web/metrics?token=", id="nothing_given"),
        pytest.param("metrics@2026.csv", id="a_file"),
        pytest.param("store:/var/lib/a:b@c", id="a_folder"),
    ],
)
def test_an_address_without_one_is_taken(address: str) -> None:
    assert not holds_credentials(address)
