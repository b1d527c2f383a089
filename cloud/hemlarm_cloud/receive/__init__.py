"""Taking alarms from transmitters that are not Hemlarm's, over SOS Access v4 and SIA DC-09, into the same store."""
