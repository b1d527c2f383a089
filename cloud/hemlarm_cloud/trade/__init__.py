"""What receiving centres and foreign transmitters speak: the trade's protocols as pure codecs, for both directions."""
