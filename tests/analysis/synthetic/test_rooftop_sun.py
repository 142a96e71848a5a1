"""Output of a roof: yearly yield, night and noon, season, and that a step does not depend on its neighbours."""

import numpy as np
import pytest

from analysis.synthetic.climate import LOCAL_ZONE, local_hours
from analysis.synthetic.rooftop_sun import YIELD_KWH_PER_KW, rooftop_kw_per_kw


@pytest.mark.parametrize("price_area", ["SE1", "SE4"])
def test_a_year_has_the_stated_yield_no_sun_at_night_and_most_in_summer(price_area):
    hours = local_hours(2025)
    output = rooftop_kw_per_kw(hours, price_area, 1)
    assert output.sum() == pytest.approx(YIELD_KWH_PER_KW[price_area])
    assert output.min() == 0.0 and output.max() < 1.1
    local = hours.tz_convert(LOCAL_ZONE)
    assert output[(local.month == 12) & (local.hour == 22)].max() == 0.0
    assert output[local.month == 6].sum() > 5 * output[local.month == 12].sum()
    june = [output[(local.month == 6) & (local.hour == hour)].mean() for hour in range(24)]
    assert int(np.argmax(june)) in (12, 13), "noon by the sun is a quarter past one in summer time"


def test_a_week_is_cut_from_its_year_and_clouds_follow_the_seed():
    hours = local_hours(2025)
    whole = rooftop_kw_per_kw(hours, "SE3", 1)
    np.testing.assert_allclose(rooftop_kw_per_kw(hours[4000:4168], "SE3", 1), whole[4000:4168])
    assert not np.allclose(rooftop_kw_per_kw(hours[4000:4168], "SE3", 2), whole[4000:4168])
