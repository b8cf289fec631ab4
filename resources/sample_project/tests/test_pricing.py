import unittest

from shop.basket import Basket
from shop.catalogue import Catalogue, Product
from shop.pricing import discount, shipping, subtotal

CATALOGUE = Catalogue([Product("tea", "Green tea", 6_50, 12), Product("cup", "Cup", 9_00, 3)])


class PricingTest(unittest.TestCase):
    def test_subtotal(self):
        basket = Basket("ada", {"tea": 2, "cup": 1})
        self.assertEqual(subtotal(basket, CATALOGUE), 22_00)

    def test_discount(self):
        self.assertEqual(discount(100_00, "welcome10"), 10_00)
        self.assertEqual(discount(100_00, "unknown"), 0)

    def test_shipping(self):
        self.assertEqual(shipping(10_00), 4_90)
        self.assertEqual(shipping(60_00), 0)


if __name__ == "__main__":
    unittest.main()
