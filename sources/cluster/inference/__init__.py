"""Conclusions from the objects that still exist and the Event objects together."""
