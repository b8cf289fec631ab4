import unittest

from shop.basket import Basket


class BasketTest(unittest.TestCase):
    def test_adding_twice_adds_up(self):
        basket = Basket("ada")
        basket.add("tea")
        basket.add("tea", 2)
        self.assertEqual(basket.quantities, {"tea": 3})

    def test_less_than_one_is_refused(self):
        with self.assertRaises(ValueError):
            Basket("ada").add("tea", 0)

    def test_removing_what_is_not_there(self):
        basket = Basket("ada")
        basket.remove("tea")
        self.assertTrue(basket.is_empty)


if __name__ == "__main__":
    unittest.main()
