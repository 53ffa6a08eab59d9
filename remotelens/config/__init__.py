"""What the user's files say: where they lie, known cameras, private writing.

Nothing here touches a network or a radio; bonds are kept by `transport.ble`, in the folder named here.
"""
