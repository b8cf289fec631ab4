"""The environment in which a CLI talks to the rehearsal server and to nobody else."""

from __future__ import annotations

import os
from pathlib import Path

MODEL = "rehearsal"
"""A name that no price list knows: the CLI marks the cost of such a model as unknown (``costBasis``)."""

_OTHER_PROVIDERS = (
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_BETAS",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
)
_MODELS = (
    "ANTHROPIC_MODEL",
    "ANTHROPIC_SMALL_FAST_MODEL",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL",
    "ANTHROPIC_DEFAULT_SONNET_MODEL",
    "ANTHROPIC_DEFAULT_OPUS_MODEL",
    "ANTHROPIC_DEFAULT_FABLE_MODEL",
)
_QUIET = (
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
    "DISABLE_TELEMETRY",
    "DISABLE_ERROR_REPORTING",
    "DISABLE_AUTOUPDATER",
)


def loopback_environment(address: str, key: str, config_folder: Path) -> dict[str, str]:
    """Returns the variables of a CLI that is to use the server at ``address`` with ``key``.

    ``config_folder`` becomes the CLI's own configuration folder, so that no account on the machine is touched.
    """
    beside = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    direct = ",".join(part for part in (beside, "127.0.0.1,localhost") if part)
    environment = {
        "ANTHROPIC_BASE_URL": address,
        "ANTHROPIC_API_KEY": key,
        "CLAUDE_CONFIG_DIR": str(config_folder),
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
    environment |= dict.fromkeys(_OTHER_PROVIDERS, "") | dict.fromkeys(_MODELS, MODEL) | dict.fromkeys(_QUIET, "1")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environment["IS_SANDBOX"] = "1"
    return environment
