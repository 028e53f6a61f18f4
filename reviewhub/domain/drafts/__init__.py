"""Rubrics written in the browser: tables of criteria, drafts with their problems, folders to download."""
