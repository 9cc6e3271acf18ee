"""The web application: pages over published plans. It calls the engine; the engine cannot import it."""
