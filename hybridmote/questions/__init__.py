"""Questions to those who speak: asked, screened, supported, put on stage, answered."""
