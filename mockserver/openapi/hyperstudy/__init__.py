"""The data API's document: what its rows do not say."""
