"""Importing this loads the native SDK: for the process that workers are forked from, so that each starts with it."""

from provenance.credentials.sdk import sdk_version

VERSION = sdk_version()
