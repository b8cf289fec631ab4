"""What an agent's process sees of the app's environment: an allow-list, never the whole of it.

An agent can print its environment, so secrets that have nothing to do with its work stay out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMES = _words(
    """
    PATH HOME LANG LANGUAGE TZ TERM COLORTERM TMPDIR TEMP TMP USER LOGNAME SHELL SSH_AUTH_SOCK
    NO_PROXY SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE
    CLOUD_ML_REGION IS_SANDBOX DISABLE_TELEMETRY DISABLE_ERROR_REPORTING DO_NOT_TRACK
    VIRTUAL_ENV CONDA_PREFIX CONDA_DEFAULT_ENV JAVA_HOME GOPATH GOROOT CARGO_HOME RUSTUP_HOME NVM_DIR NVM_BIN
    APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) COMMONPROGRAMFILES SYSTEMROOT SYSTEMDRIVE
    WINDIR COMSPEC PATHEXT USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH COMPUTERNAME OS
    PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS PSMODULEPATH
    """
)
_PREFIXES = (
    *("LC_", "XDG_", "PYENV_"),
    *("ANTHROPIC_", "CLAUDE_CODE_", "CLAUDE_CONFIG_DIR"),
    *("AWS_", "GOOGLE_", "VERTEX_", "GCLOUD_", "AZURE_"),
)
_OUTER_CLI = _words(
    """
    CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_CHILD_SESSION CLAUDE_CODE_SESSION_ID CLAUDE_CODE_MESSAGING_SOCKET
    CLAUDE_CODE_CHILD_NOTES_DIR CLAUDE_CODE_SESSION_ATTENDED CLAUDE_CODE_EXECPATH CLAUDE_CODE_SSE_PORT
    """
)
"""What a CLI sets for its own children: an app started from an agent's shell must not pass it on."""

_ALWAYS = {
    "CLAUDE_CODE_ENTRYPOINT": "sdk-py",
    # Without these the CLI says nothing when an interrupt falls between two retries of a request.
    "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1",
    # By default the ninth hand-over in a row at the end of a turn is dropped.
    "CLAUDE_CODE_STOP_HOOK_BLOCK_CAP": "1000000",
    # A tool of ours may wait for another agent, or for the user, as long as it takes.
    "MCP_TOOL_TIMEOUT": str(24 * 60 * 60 * 1000),
    "CLAUDE_CODE_MCP_AUTO_BACKGROUND_MS": "0",
}


def is_allowed(name: str) -> bool:
    """Returns whether a variable of the app's own environment reaches its agents."""
    upper = name.upper() if os.name == "nt" else name
    if upper in _OUTER_CLI:
        return False
    proxy = name.upper().endswith("_PROXY")
    return proxy or upper in _NAMES or upper.startswith(_PREFIXES)


def agent_environment(
    inherited: Mapping[str, str], added: Mapping[str, str], *, trust_project_settings: bool = False
) -> dict[str, str]:
    """Returns the whole environment of an agent's process.

    ``added`` goes over what is inherited, and an empty value there takes a variable away.
    """
    environment = {name: value for name, value in inherited.items() if is_allowed(name)}
    environment |= _ALWAYS
    if not trust_project_settings:
        environment["CLAUDE_CODE_DISABLE_AUTO_MEMORY"] = "1"
    environment |= added
    return {name: value for name, value in environment.items() if value}
