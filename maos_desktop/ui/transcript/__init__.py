"""The transcript of one agent: blocks of Markdown and code, tool calls, messages, in one scrolling view."""
