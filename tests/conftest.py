"""What every test may ask for."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")  # a machine with much else to do is no fault of the code
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "data" / "media"


@pytest.fixture(scope="session")
def samples() -> Path:
    """The public sample media, which lie beside the checkout and are nobody's here."""
    if not SAMPLES.is_dir():
        pytest.skip("the public samples are not beside this checkout")
    return SAMPLES
