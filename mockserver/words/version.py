"""The product's own version; the emulated API has its own (`hyperstudy.API_VERSION`)."""

VERSION = "0.1.0"
