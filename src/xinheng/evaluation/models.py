"""What the evaluation room keeps."""

from __future__ import annotations

from xinheng.evaluation.models_adoption import *  # noqa: F403
from xinheng.evaluation.models_indices import *  # noqa: F403
from xinheng.evaluation.models_received import *  # noqa: F403
from xinheng.evaluation.models_runs import *  # noqa: F403
