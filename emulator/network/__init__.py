"""Networks of their own for cameras that own their real addresses: namespaces, links and DHCP.

Only Linux has them. What a camera says on its network belongs to `emulator.wifi`.
"""
