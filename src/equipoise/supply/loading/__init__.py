"""The first tier: what would be needed if nothing were limited, level by level down the bills of material."""
