"""The stand-in has all outputs of the table that offline comparisons use."""

import pytest

from tests.doubles.google import sdk
from tests.doubles.google.outputs import Made, invented
from tools.review.offline.outputs import OUTPUTS

_INPUTS = {"settings": {"ipConfiguration": {"ipv4Enabled": False, "pscConfigs": [{"pscEnabled": True}]}}}


@pytest.mark.parametrize("token", OUTPUTS)
def test_every_output_of_the_table_is_in_the_sdk_and_the_stand_in(token: str) -> None:
    assert OUTPUTS[token].keys() <= sdk.outputs(token).keys()
    made = Made(token=token, id="projects/foo/x", inputs={"project": "foo", "location": "europe-west1", **_INPUTS})
    assert OUTPUTS[token].keys() <= invented(made).keys()
