"""What runs inside LibreOffice, from Python 3.8 on: UNO on one side, our engine on the other."""
