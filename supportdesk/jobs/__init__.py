"""Work that is done beside the server, for nobody in particular. No screens and no HTTP here."""
