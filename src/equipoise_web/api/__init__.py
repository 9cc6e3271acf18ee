"""The API: routers, one file per noun, over the same reads, actions and access as the pages."""
